using ActorTrain.CommandLine.Logging;
using ActorTrain.Hosting;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Cli.Tests.Logging;

/// <summary>What of the log is shown to somebody who has not asked for it.</summary>
public sealed class ConsoleNewsTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void An_actors_crash_is_shown_also_where_the_jobs_client_is()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Error));

        Sys.ActorOf(Props.Create(() => new Crashing())).Tell("crash");

        var entry = ExpectMsg<Error>();
        ConsoleNews.Has(entry, withClient: true).ShouldBeTrue();
        LogLine
            .Short(entry, "mine", default, hasTrace: true)
            .ShouldMatch(@"mine: error: akka://\S+ failed: InvalidOperationException: the table is gone$");
    }

    [Fact]
    public void Errors_of_Akka_are_shown_and_its_warnings_are_not()
    {
        ConsoleNews.Has(new Error(null, "akka", typeof(ActorSystem), "no"), withClient: false).ShouldBeTrue();
        ConsoleNews.Has(new Warning("akka", typeof(ActorSystem), "hm"), withClient: false).ShouldBeFalse();
    }

    [Fact]
    public void Warnings_of_ActorTrain_are_shown_and_what_it_notes_is_not()
    {
        ConsoleNews.Has(new Warning("node", typeof(NodeActor), "hm"), withClient: false).ShouldBeTrue();
        ConsoleNews.Has(new Info("node", typeof(NodeActor), "fine"), withClient: false).ShouldBeFalse();
    }

    [Fact]
    public void A_failure_that_the_client_shows_is_not_shown_twice()
    {
        var failure = new Error(null, "worker", typeof(WorkerActor), "the engine failed");

        ConsoleNews.Has(failure, withClient: true).ShouldBeFalse();
        ConsoleNews.Has(failure, withClient: false).ShouldBeTrue();
    }

    private sealed class Crashing : ReceiveActor
    {
        public Crashing() => ReceiveAny(_ => throw new InvalidOperationException("the table is gone."));
    }
}
