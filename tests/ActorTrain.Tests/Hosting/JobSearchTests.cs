using ActorTrain.Hosting;
using Akka.Configuration;

namespace ActorTrain.Tests.Hosting;

/// <summary>When a client looks for its job anew, and when it gives up.</summary>
public sealed class JobSearchTests
{
    private TimeSpan _now;
    private readonly JobSearch _search;

    public JobSearchTests() => _search = new JobSearch(() => _now) { JobId = "1-1" };

    [Fact]
    public void A_job_that_tells_its_progress_is_not_looked_for()
    {
        for (var second = 0; second < 1_000; second++)
        {
            Pass(1);
            _search.Heard();
            _search.IsDue.ShouldBeFalse();
            _search.Reason.ShouldBeNull();
            _search.Failure.ShouldBeNull();
        }
    }

    [Fact]
    public void A_silent_job_is_looked_for_with_a_reason_until_it_is_heard()
    {
        Pass(6);
        _search.IsDue.ShouldBeTrue();
        _search.Reason.ShouldBe("the job does not answer; it goes on in its cluster, and this client asks for it");
        Pass(120);
        _search.Failure.ShouldBeNull();
        _search.Heard();
        _search.IsDue.ShouldBeFalse();
    }

    [Fact]
    public void After_ten_minutes_of_silence_the_client_gives_up_and_the_job_may_go_on()
    {
        Pass(601);
        _search.Failure.ShouldBe(
            "job 1-1 has been silent for 10 minutes; it may go on in its cluster: attach to it again by its id"
        );
    }

    [Fact]
    public void A_coordinator_that_does_not_know_the_job_has_a_minute_to_adopt_it()
    {
        _search.Lost();
        _search.IsDue.ShouldBeTrue();
        Pass(30);
        _search.Unknown();
        Pass(60);
        _search.Failure.ShouldBeNull();
        Pass(1);
        _search.Failure.ShouldBe(
            "the coordinator of the job is lost, and no other has gone on with it within 60 s; "
                + "if its nodes come back, attach to it by its id, 1-1"
        );
    }

    [Fact]
    public void A_result_that_has_not_arrived_is_asked_for_again_for_a_minute()
    {
        _search.LoseResult("its node has stopped");
        _search.IsDue.ShouldBeTrue();
        _search.Reason.ShouldBe("the weights have not arrived: its node has stopped; asking for them again");
        Pass(61);
        _search.Failure.ShouldBe("the weights could not be fetched: its node has stopped");
    }

    [Fact]
    public void The_actor_system_of_a_client_bears_a_silent_link_for_as_long_as_the_client_looks_for_its_job()
    {
        var client = NodeConfiguration.Client("127.0.0.1", Config.Empty);
        client
            .GetTimeSpan("akka.remote.watch-failure-detector.acceptable-heartbeat-pause")
            .ShouldBe(JobSearch.SilenceTimeout);
    }

    private void Pass(int seconds) => _now += TimeSpan.FromSeconds(seconds);
}
