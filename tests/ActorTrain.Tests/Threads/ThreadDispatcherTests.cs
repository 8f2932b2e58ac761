using ActorTrain.Settings;
using ActorTrain.Threads;
using Akka.Actor;

namespace ActorTrain.Tests.Threads;

/// <summary>Actors that report the thread they run on.</summary>
public sealed class ThreadDispatcherTests() : ActorTests(ReferenceConfiguration.Config)
{
    [Fact]
    public async Task Each_computing_actor_keeps_its_own_thread()
    {
        var (a, b) = (Start(DispatcherNames.Compute), Start(DispatcherNames.Compute));
        var (threadOfA, threadOfB) = (await ThreadOf(a), await ThreadOf(b));
        threadOfA.ShouldNotBe(threadOfB);
        (await ThreadOf(a)).ShouldBe(threadOfA);
    }

    [Fact]
    public async Task Engine_and_training_loop_share_a_thread() =>
        (await ThreadOf(Start(DispatcherNames.Training))).ShouldBe(await ThreadOf(Start(DispatcherNames.Training)));

    [Fact]
    public async Task Messages_are_handled_in_order()
    {
        var echo = Start(DispatcherNames.Training);
        for (var i = 0; i < 1000; i++)
            echo.Tell(i, TestActor);
        for (var i = 0; i < 1000; i++)
            (await ExpectMsgAsync<int>()).ShouldBe(i);
    }

    [Fact]
    public async Task When_all_its_actors_have_ended_the_dispatcher_serves_new_ones()
    {
        var first = Watch(Start(DispatcherNames.Training));
        Sys.Stop(first);
        await ExpectTerminatedAsync(first);
        // The thread ends some time after its last actor; an actor that starts before, at that moment or later must
        // run.
        for (var i = 0; i < 30; i++)
        {
            var next = Watch(Start(DispatcherNames.Training));
            await ThreadOf(next);
            Sys.Stop(next);
            await ExpectTerminatedAsync(next);
        }
    }

    private IActorRef Start(string dispatcher) =>
        Sys.ActorOf(Props.Create(() => new Answering()).WithDispatcher(dispatcher));

    private static async Task<int> ThreadOf(IActorRef actor) => (await actor.Ask<Answer>("where?", Patience)).Thread;

    private sealed record Answer(int Thread);

    private sealed class Answering : ReceiveActor
    {
        public Answering()
        {
            Receive<string>(_ => Sender.Tell(new Answer(Environment.CurrentManagedThreadId)));
            Receive<int>(number => Sender.Tell(number));
        }
    }
}
