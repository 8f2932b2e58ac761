using ActorTrain.Lane;
using ActorTrain.Settings;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.Tests.Worker;

public sealed class WorkerNodeActorTests() : ActorTests(ReferenceConfiguration.Config)
{
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task A_node_that_leaves_takes_no_part_in_a_job_that_has_not_heard_of_it(bool leaves, int workers)
    {
        var context = new WorkerContext(Engines.Linear(), TensorLane.Get(Sys), Patience);
        var node = Sys.ActorOf(WorkerNodeActor.Props(context));
        if (leaves)
        {
            node.Tell(new WorkerNodeActor.Leave("it was told to"));
            await ExpectMsgAsync<WorkerNodeActor.Left>();
        }
        node.Tell(new WorkerProtocol.Prepare("1", Jobs.Of()));
        await node.Ask<ActorIdentity>(new Identify("behind"), Patience);
        ((ActorRefWithCell)node).Children.Count().ShouldBe(workers);
    }
}
