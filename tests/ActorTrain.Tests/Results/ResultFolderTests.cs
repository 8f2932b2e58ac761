using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Results;
using ActorTrain.Saving;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Results;

/// <summary>What has become of jobs, on disk.</summary>
public sealed class ResultFolderTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly JobOptions Options = Jobs.Create() with { Name = "digits", BatchSize = 48 };
    private readonly DirectoryInfo _disk = Directory.CreateTempSubdirectory("actortrain-test-");
    private readonly ResultFolder _folder;

    public ResultFolderTests() => _folder = new ResultFolder(Path.Combine(_disk.FullName, "jobs"));

    public void Dispose() => _disk.Delete(recursive: true);

    [Fact]
    public void A_result_is_read_as_it_was_written()
    {
        var (job, report, model) = (Job("1-1"), Report(), Model(1.5f));
        _folder.Write(job, Options, report, model);

        var found = _folder.Read("1-1");

        (found.Job with { KeptBy = job.KeptBy }).ShouldBe(job);
        found.Options.BatchSize.ShouldBe(48);
        TrainingReportJson.Serialize(found.Report).ShouldBe(TrainingReportJson.Serialize(report));
        found.Model.Parameters.ToArray().ShouldBe(model.Parameters.ToArray());
        found.Model.Description.Name.ShouldBe("linear");
        _folder.List().ShouldHaveSingleItem().Job.JobId.ShouldBe("1-1");
    }

    [Fact]
    public void What_another_node_of_the_machine_has_written_stays()
    {
        _folder.Write(Job("1-1"), Options, Report(), Model(1));
        _folder.Write(Job("1-1"), Options, Report(), Model(2));
        _folder.Read("1-1").Model.Parameters.Span[0].ShouldBe(1);
    }

    [Fact]
    public void A_job_that_has_ended_once_more_under_another_coordinator_replaces_its_result()
    {
        _folder.Write(Job("1-1"), Options, Report(), Model(1));
        _folder.Write(Job("1-1") with { Ended = Now.AddMinutes(1) }, Options, Report(), Model(2));
        _folder.Read("1-1").Model.Parameters.Span[0].ShouldBe(2);
        _folder.List().ShouldHaveSingleItem();
    }

    [Fact]
    public void A_failed_job_is_listed_and_has_no_result()
    {
        _folder.Write(Job("1-1") with { Phase = JobPhase.Failed, Reason = "no luck" }, Options, null, null);
        _folder.List().ShouldHaveSingleItem().Job.Reason.ShouldBe("no luck");
        Should
            .Throw<ActorTrainException>(() => _folder.Read("1-1"))
            .Message.ShouldBe("Job 1-1 has no result: no luck.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../../etc")]
    [InlineData("1/1")]
    public void An_id_does_not_lead_out_of_the_folder(string id)
    {
        Should.Throw<ActorTrainException>(() => _folder.Read(id)).Message.ShouldBe($"'{id}' is no id of a job.");
        Should.Throw<ActorTrainException>(() => _folder.Write(Job(id), Options, null, null));
    }

    [Fact]
    public void A_damaged_result_is_not_listed_and_its_file_is_named()
    {
        _folder.Write(Job("1-1"), Options, Report(), Model(1));
        var file = Path.Combine(_disk.FullName, "jobs", "1-1", "job.json");
        File.WriteAllText(file, "{");
        _folder.List().ShouldBeEmpty();
        Should
            .Throw<ActorTrainException>(() => _folder.Read("1-1"))
            .Message.ShouldStartWith($"{file} is not a job's end that can be read:");
    }

    [Fact]
    public void A_result_of_a_newer_format_is_refused()
    {
        _folder.Write(Job("1-1"), Options, Report(), Model(1));
        var file = Path.Combine(_disk.FullName, "jobs", "1-1", "job.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"format\": 1", "\"format\": 2"));
        Should
            .Throw<ActorTrainException>(() => _folder.Read("1-1"))
            .Message.ShouldBe(
                $"{file} is of format 2, and this program reads formats up to 1; use the version of ActorTrain that "
                    + "wrote it, or a newer one."
            );
    }

    [Fact]
    public void Old_results_are_deleted_and_the_others_stay()
    {
        _folder.Write(Job("1-1") with { Ended = Now.AddDays(-8) }, Options, Report(), Model(1));
        _folder.Write(Job("1-2") with { Ended = Now.AddDays(-6) }, Options, Report(), Model(1));
        _folder.DeleteBefore(Now.AddDays(-7), Now);
        _folder.List().ShouldHaveSingleItem().Job.JobId.ShouldBe("1-2");
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named_with_the_reason()
    {
        File.WriteAllText(Path.Combine(_disk.FullName, "jobs"), "");
        Should
            .Throw<ActorTrainException>(() => _folder.Write(Job("1-1"), Options, Report(), Model(1)))
            .Message.ShouldStartWith($"The result of job 1-1 cannot be written to {_disk.FullName}");
    }

    private static JobSummary Job(string id) =>
        new(id, "digits", JobPhase.Completed, "", "ann@desk", Now.AddMinutes(-5), Now, 128, 128);

    private static TrainingReport Report() =>
        new(
            "digits",
            new ModelSummary("linear", 8),
            new DatasetSummary("made-up", 64, 8, "f00d"),
            "asynchronous",
            1,
            0.5,
            [],
            128,
            128,
            0,
            1,
            128,
            [],
            [],
            new StalenessSummary(0, 0, []),
            []
        );

    private static TrainedModel Model(float value) =>
        new(
            new ModelDescription("linear", ParameterLayout.Create([("w", [8])]), ParameterLayout.Empty),
            Enumerable.Repeat(value, 8).ToArray(),
            Array.Empty<float>()
        );
}
