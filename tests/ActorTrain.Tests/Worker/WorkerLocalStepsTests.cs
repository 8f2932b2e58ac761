using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.Tests.Worker;

/// <summary>A worker with local steps pushes the parameter difference of several micro-batches.</summary>
public sealed class WorkerLocalStepsTests : WorkerActorTestBase
{
    [Fact]
    public async Task Local_steps_are_one_push_and_begin_with_the_shards_parameters()
    {
        _momentum = 0.9f;
        await Training(ToyEngines.Linear());
        Grant(Local(samples: 96, steps: 3));

        var momentum = new float[Parameters];
        foreach (var start in new[] { 0, 48 })
        {
            var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
            (push.Part, push.BaseVersion).ShouldBe((new SampleRange(1, start, 48), 10L));
            push.Payload.Values.ToArray().ShouldBe(Moved(push.Part, microBatch: 16, momentum));
            Answer(push, Verdict.Duplicate, version: 10);
        }

        (await LeaseEnded()).Account.Trained.ShouldBe(96);
    }

    [Fact]
    public async Task Local_steps_that_are_too_large_begin_again_with_halves_and_are_reported()
    {
        await Training(
            new ToyEngines(() =>
                new FaultyEngine(
                    new LinearEngine(),
                    (step, samples, _) =>
                    {
                        if (step > 0 && samples.Length > 8)
                            throw new InsufficientMemoryException("too much");
                    }
                )
            )
        );
        Grant(Local(samples: 48, steps: 3));

        var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();

        push.Part.ShouldBe(new SampleRange(1, 0, 48));
        push.Payload.Values.ToArray().ShouldBe(Moved(push.Part, microBatch: 8));
        var shortage = (WorkerProtocol.OutOfMemory)
            await _job.FishForMessageAsync(message => message is WorkerProtocol.OutOfMemory);
        shortage.ShouldBe(new WorkerProtocol.OutOfMemory(Id, Samples: 16, Most: 8, "too much"));
    }

    [Fact]
    public async Task A_leaving_worker_pushes_the_local_steps_that_it_has_taken_and_returns_the_rest()
    {
        IActorRef? worker = null;
        worker = await Training(
            ToyEngines.Linear(eachStep: step =>
            {
                if (step != 1)
                    return;
                worker!.Tell(new WorkerActor.Leave("its node leaves"));
                // Once the worker has answered this, the message is in the training loop's mailbox. When the loop
                // receives it, the engine's next step is requested.
                worker.Ask<ActorIdentity>(new Identify("behind"), Patience).GetAwaiter().GetResult();
            })
        );
        Grant(Local(samples: 96, steps: 6));

        var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        push.Part.ShouldBe(new SampleRange(1, 0, 48));
        Answer(push, Verdict.Applied, 11);

        (await LeaseEnded()).Undone.ShouldBe([new SampleRange(1, 48, 48)]);
        (await _job.ExpectMsgAsync<WorkerProtocol.Withdrawn>()).Failed.ShouldBeFalse();
        await ExpectTerminatedAsync(worker);
    }

    [Fact]
    public async Task A_new_incarnation_interrupts_the_local_steps_of_the_old_one_and_drops_their_momentum()
    {
        _momentum = 0.9f;
        IActorRef? worker = null;
        var (next, last) = (Id with { Incarnation = 8 }, 0);
        worker = await Training(
            ToyEngines.Linear(
                trainSamples: 640,
                eachStep: step =>
                {
                    last = step;
                    if (step == 1)
                        worker!.Tell(new WorkerProtocol.Start(next, Places, null), _job);
                    // Each step waits for the worker: once it has answered, it has received all messages before.
                    if (step >= 1)
                        worker!.Ask<ActorIdentity>(new Identify("behind"), Patience).GetAwaiter().GetResult();
                }
            )
        );
        Grant(Local(samples: 640, steps: 40));

        await _shard.FishForMessageAsync(message => message is ShardProtocol.Pull);

        last.ShouldBeLessThan(39);
        _shard.Reply(new ShardProtocol.Pulled(0, 20, null, TensorSlice.From(new float[Parameters])));
        await _job.FishForMessageAsync(message =>
            message is WorkerProtocol.RequestLease { Worker: var sender } && sender == next
        );
        Grant(Local(samples: 48, steps: 3));
        var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        push.Payload.Values.ToArray().ShouldBe(Moved(push.Part, microBatch: 16));
    }

    private static Lease Local(int samples, int steps) =>
        new(1, new SampleRange(1, 0, samples), MicroBatchSize: 16, steps);

    /// <summary>
    /// How far plain steps move parameters that are zero, computed here; relative to a whole push, which is a
    /// micro-batch in the job of these tests.
    /// </summary>
    private float[] Moved(SampleRange part, int microBatch, float[]? momentum = null)
    {
        var (engine, gradient) = (new LinearEngine(), new float[Parameters]);
        momentum ??= new float[Parameters];
        foreach (var piece in part.Cut(microBatch))
        {
            engine.ComputeGradient(
                SampleOrder.Get(seed: 1, part.Epoch, 640).Span.Slice(piece.Start, piece.Count),
                0,
                gradient
            );
            for (var i = 0; i < Parameters; i++)
            {
                momentum[i] = _momentum * momentum[i] + gradient[i] * (piece.Count / 16f);
                engine.Parameters.Span[i] = MathF.FusedMultiplyAdd(-0.02f, momentum[i], engine.Parameters.Span[i]);
            }
        }
        return [.. engine.Parameters.ToArray().Select(parameter => (0 - parameter) / (part.Count / 16f))];
    }

    [Fact]
    public async Task A_node_that_lacks_the_optimizer_of_the_steps_takes_no_part()
    {
        var job = Jobs.Create(localSteps: Jobs.LocalSteps(4), optimizer: new CustomOptimizer("lion"));
        var context = new WorkerContext(
            ToyEngines.Linear(),
            TensorLane.Get(Sys, TensorMessages.Table),
            TimeSpan.FromMinutes(1),
            Algorithms.BuiltIn
        );

        Sys.ActorOf(WorkerActor.Props("1", job, _job, context, mayReturn: false));

        (await _job.ExpectMsgAsync<WorkerProtocol.CannotPrepare>()).Reason.ShouldBe(
            "There is no optimizer 'lion'; there are sgd, adam, adamw"
        );
    }
}
