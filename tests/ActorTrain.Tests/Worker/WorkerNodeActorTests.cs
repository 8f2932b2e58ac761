using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
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
    public async Task A_leaving_node_takes_no_part_in_a_new_job(bool leaves, int workers)
    {
        var context = new WorkerContext(
            ToyEngines.Linear(),
            TensorLane.Get(Sys, TensorMessages.Table),
            Patience,
            Algorithms.BuiltIn
        );
        var node = Sys.ActorOf(WorkerNodeActor.Props(context));
        if (leaves)
        {
            node.Tell(new WorkerNodeActor.Leave("on request"));
            await ExpectMsgAsync<WorkerNodeActor.Left>();
        }
        node.Tell(new WorkerProtocol.Prepare("1", Jobs.Create()));
        await node.Ask<ActorIdentity>(new Identify("behind"), Patience);
        ((ActorRefWithCell)node).Children.Count().ShouldBe(workers);
    }
}
