using System.Collections.Concurrent;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Settings;
using ActorTrain.Tests.Toys;
using Akka.Actor;

namespace ActorTrain.Tests.Server;

public sealed class ServerNodeActorTests() : ActorTests(ReferenceConfiguration.Config)
{
    private readonly NotedLane _lane = new();

    [Fact]
    public async Task A_shard_receives_tensors_as_soon_as_it_is_announced()
    {
        var server = Sys.ActorOf(ServerNodeActor.Props(_lane, Algorithms.BuiltIn));
        for (var i = 0; i < 50; i++)
        {
            server.Tell(new ServerProtocol.OpenShard($"{i}", new ShardSlice(0, 0, 8), 1, Jobs.Create(), 64, TestActor));
            var shard = (await ExpectMsgAsync<ServerProtocol.ShardOpened>()).Shard;
            _lane.Admitted[shard].ShouldBe([8]);
        }
    }

    [Fact]
    public async Task A_closed_job_leaves_no_receiver()
    {
        var server = Sys.ActorOf(ServerNodeActor.Props(_lane, Algorithms.BuiltIn));
        server.Tell(
            new ServerProtocol.OpenBuffers("1", [new TypedRange(ElementType.F32, 0, 4)], Jobs.Create(), TestActor)
        );
        var state = (await ExpectMsgAsync<ServerProtocol.BuffersOpened>()).Buffers;
        _lane.Admitted.ShouldContainKey(state);

        server.Tell(new ServerProtocol.Close("1"));
        await AwaitAssertAsync(() => _lane.Admitted.ShouldNotContainKey(state));
    }

    private sealed class NotedLane : ITensorLane
    {
        public ConcurrentDictionary<IActorRef, IReadOnlySet<int>> Admitted { get; } = [];

        public TensorPool Memory { get; } = new(shared: false, keep: 0);

        public void Tell(IActorRef target, ITensorMessage message, IActorRef sender) => target.Tell(message, sender);

        public IDisposable Admit(IActorRef receiver, IReadOnlySet<int> lengths)
        {
            Admitted[receiver] = lengths;
            return new Admission(() => Admitted.TryRemove(receiver, out _));
        }

        private sealed class Admission(Action end) : IDisposable
        {
            public void Dispose() => end();
        }
    }
}
