using ActorTrain.CommandLine.Logging;
using ActorTrain.Hosting;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Cli.Tests.Logging;

/// <summary>Which log entries the console shows by default.</summary>
public sealed class ConsoleFilterTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void A_crash_of_an_actor_is_shown_even_with_the_client()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Error));

        Sys.ActorOf(Props.Create(() => new Crashing())).Tell("crash");

        var entry = ExpectMsg<Error>();
        ConsoleFilter.Shows(entry, withClient: true).ShouldBeTrue();
        LogLine
            .Short(entry, "mine", default, hasTrace: true)
            .ShouldMatch(@"mine: error: akka://\S+ failed: InvalidOperationException: the table is gone$");
    }

    [Fact]
    public void Errors_of_Akka_are_shown_and_its_warnings_are_not()
    {
        ConsoleFilter.Shows(new Error(null, "akka", typeof(ActorSystem), "no"), withClient: false).ShouldBeTrue();
        ConsoleFilter.Shows(new Warning("akka", typeof(ActorSystem), "hm"), withClient: false).ShouldBeFalse();
    }

    [Fact]
    public void What_Akka_says_of_a_remoting_that_could_not_listen_is_not_shown()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Error));

        Akka.Event.Logging.GetLogger(Sys, "remoting").Error("ended abruptly");

        ConsoleFilter.Shows(ExpectMsg<Error>(), withClient: false).ShouldBeFalse();
    }

    [Fact]
    public void Warnings_of_ActorTrain_are_shown_and_its_info_entries_are_not()
    {
        ConsoleFilter.Shows(new Warning("node", typeof(NodeActor), "hm"), withClient: false).ShouldBeTrue();
        ConsoleFilter.Shows(new Info("node", typeof(NodeActor), "fine"), withClient: false).ShouldBeFalse();
    }

    [Fact]
    public void A_failure_that_the_client_shows_is_not_shown_twice()
    {
        var failure = new Error(null, "worker", typeof(WorkerActor), "the engine failed");

        ConsoleFilter.Shows(failure, withClient: true).ShouldBeFalse();
        ConsoleFilter.Shows(failure, withClient: false).ShouldBeTrue();
    }

    private sealed class Crashing : ReceiveActor
    {
        public Crashing() => ReceiveAny(_ => throw new InvalidOperationException("the table is gone."));
    }
}
