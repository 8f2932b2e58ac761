using ActorTrain.Job;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Tests.Custom;

namespace ActorTrain.Torch.Tests.Data;

public sealed class JobDataSpecs
{
    private readonly List<JobOptions?> _loaded = [];
    private readonly JobData _data;

    public JobDataSpecs() =>
        _data = new JobData(job =>
        {
            _loaded.Add(job);
            return Toy.Quarters();
        });

    [Fact]
    public void The_engines_of_a_job_share_one_data_set_and_the_next_job_loads_its_own()
    {
        var job = new JobOptions();
        using (var training = _data.Use(job))
        using (var evaluating = _data.Use(job))
            training.Dataset.ShouldBeSameAs(evaluating.Dataset);
        _loaded.Count.ShouldBe(1);

        using var next = _data.Use(job);
        _loaded.Count.ShouldBe(2);
    }

    [Fact]
    public void A_data_set_that_was_found_for_a_job_is_used_by_its_first_engine_once()
    {
        var job = new JobOptions { Data = "rings" };
        var found = _data.Find(job);
        var named = job with { Data = job.Data with { Fingerprint = found.Description.Fingerprint } };

        using (var use = _data.Use(named))
            use.Dataset.ShouldBeSameAs(found);
        using (var next = _data.Use(named))
            next.Dataset.ShouldNotBeSameAs(found);
        _loaded.Count.ShouldBe(2);
    }

    [Fact]
    public void A_data_set_with_another_fingerprint_than_the_jobs_is_loaded_again()
    {
        var found = _data.Find(job: null);

        using var use = _data.Use(new JobOptions { Data = new DataOptions("rings") { Fingerprint = "newer" } });

        use.Dataset.ShouldNotBeSameAs(found);
        _loaded.Count.ShouldBe(2);
    }

    [Fact]
    public void Jobs_with_different_data_settings_have_different_data_sets()
    {
        using var one = _data.Use(new JobOptions { Data = "rings" });
        using var other = _data.Use(new JobOptions { Data = "moons" });

        one.Dataset.ShouldNotBeSameAs(other.Dataset);
        _loaded.Select(job => job!.Data.Name).ShouldBe(["rings", "moons"]);
    }

    [Fact]
    public void A_load_that_fails_is_tried_again_by_the_next_job()
    {
        var fails = true;
        var data = new JobData(_ => fails ? throw new IOException("no disk") : Toy.Quarters());
        Should.Throw<IOException>(() => data.Use(new JobOptions()));

        fails = false;
        data.Use(new JobOptions()).Dataset.ShouldNotBeNull();
    }
}
