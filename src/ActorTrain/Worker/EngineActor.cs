using System.Diagnostics;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Worker;

/// <summary>
/// Owns an engine and the one thread that uses it. Its parent writes the engine's buffers only while no answer is
/// outstanding.
/// </summary>
internal sealed class EngineActor : ReceiveActor
{
    private readonly JobOptions _job;
    private readonly EngineLoader _loader;
    private readonly bool _trains;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Algorithms _algorithms;
    private InnerOptimizer? _inner;
    private LocalRun? _run;
    private BufferGuard? _guard;

    private sealed record NextStep(LocalRun Run);

    /// <summary>
    /// The supervision strategy of an engine's parent: an engine that threw has buffers in an unknown state, so it is
    /// stopped, not restarted, and the parent is told why.
    /// </summary>
    public static SupervisorStrategy StopAndTell(IActorRef parent) =>
        new OneForOneStrategy(failure =>
        {
            parent.Tell(new EngineProtocol.Failed(ReasonOf(failure), MayPass: failure is not ActorTrainException));
            return Directive.Stop;
        });

    /// <param name="context">Creates the engine, and the optimizer of local steps.</param>
    /// <param name="job">The job.</param>
    /// <param name="dispatcher">The dispatcher whose thread it computes on.</param>
    /// <param name="measure">Memory for the gradients that measure a training engine; null for an engine that only
    /// evaluates.</param>
    /// <param name="stopping">Cancels an evaluation.</param>
    public static Props Props(
        WorkerContext context,
        JobOptions job,
        string dispatcher,
        TensorPool? measure,
        CancellationToken stopping
    ) => Akka.Actor.Props.Create(() => new EngineActor(context, job, measure, stopping)).WithDispatcher(dispatcher);

    public EngineActor(WorkerContext context, JobOptions job, TensorPool? measure, CancellationToken stopping)
    {
        (_job, _trains, _algorithms) = (job, measure is not null, context.Algorithms);
        _loader = new EngineLoader(context.Engines, job, measure, CreateClock());
        Receive<EngineProtocol.Load>(_ => Sender.Tell(TryLoad()));
        Receive<EngineProtocol.Compute>(Compute);
        Receive<NextStep>(next =>
        {
            if (ReferenceEquals(next.Run, _run))
                TakeStep(next.Run);
        });
        Receive<EngineProtocol.StopLocalSteps>(_ => _run?.StopEarly());
        Receive<EngineProtocol.BeginIncarnation>(_ => _inner = null);
        Receive<EngineProtocol.Stop>(_ =>
        {
            _run = null;
            Sender.Tell(new EngineProtocol.Stopped());
        });
        Receive<EngineProtocol.Evaluate>(snapshot =>
        {
            snapshot.Parameters.CopyTo(Engine.Parameters);
            snapshot.Buffers?.CopyTo(Engine.Buffers);
            Sender.Tell(new EngineProtocol.Evaluated(snapshot.Epoch, Engine.Evaluate(stopping)));
        });
    }

    private IGradientEngine Engine => _loader.Engine!;

    protected override void PostStop() => _loader.Engine?.Dispose();

    private void Compute(EngineProtocol.Compute compute)
    {
        foreach (var (offset, values) in compute.New)
        {
            values.Values.CopyTo(Engine.Parameters[offset..]);
            values.Release();
        }
        if (compute.Local is not { } local)
        {
            Sender.Tell(TryCompute(compute));
            return;
        }
        _inner ??= new InnerOptimizer(_job, Engine.Parameters.Length, Engine.Dataset.TrainSamples, _algorithms);
        _run = new LocalRun(Engine, _inner, local, compute.Samples, compute.Gradient, _guard);
        TakeStep(_run);
    }

    private object TryCompute(EngineProtocol.Compute compute)
    {
        try
        {
            _guard?.Remember();
            var result = Engine.ComputeGradient(
                compute.Samples.Span,
                compute.Seed,
                compute.Gradient.Span,
                compute.Abandoned
            );
            CheckUntouched(result);
            if (_guard?.Restore() is { } buffer)
                return new EngineProtocol.Computed(
                    result,
                    compute.Samples.Length,
                    BufferGuard.Describe(buffer, compute.Samples.Span)
                );
            GradientClipping.Clip(compute.Gradient.Span, (float)_job.GradientClipNorm);
            return new EngineProtocol.Computed(result, compute.Samples.Length);
        }
        catch (OperationCanceledException) when (compute.Abandoned.IsCancellationRequested)
        {
            _guard?.Undo();
            return new EngineProtocol.Computed(default, compute.Samples.Length);
        }
        catch (OutOfMemoryException shortage)
        {
            _guard?.Undo();
            return new EngineProtocol.OutOfMemory(shortage.Message, compute.Samples.Length);
        }
    }

    // One step a message, so that other messages are received between two steps.
    private void TakeStep(LocalRun run)
    {
        try
        {
            if (!run.IsDone)
                run.Step();
        }
        catch (OutOfMemoryException shortage)
        {
            run.Undo();
            _run = null;
            Sender.Tell(new EngineProtocol.OutOfMemory(shortage.Message, run.NextSamples));
            return;
        }
        if (!run.IsDone)
        {
            Self.Tell(new NextStep(run), Sender);
            return;
        }
        _run = null;
        var (result, samples) = run.End();
        CheckUntouched(result);
        Sender.Tell(new EngineProtocol.Computed(result, samples, run.NotFinite));
    }

    private void CheckUntouched(StepResult result)
    {
        if (result.Untouched is { Count: > ShardProtocol.MostUntouched and var untouched })
            throw new ActorTrainException(
                $"model {Engine.Model.Name}: {Plural.Format(untouched, "range")} of its parameters have no gradient; "
                    + $"a push can hold {Plural.Number(ShardProtocol.MostUntouched)}"
            );
    }

    // Akka's own clock counts milliseconds, on Windows 16 of them: a hundred steps of a small model take less.
    // Another scheduler's clock may be virtual, and is the one that the job goes by.
    private static Func<TimeSpan> CreateClock()
    {
        var scheduler = Context.System.Scheduler;
        return scheduler is HashedWheelTimerScheduler
            ? () => Stopwatch.GetElapsedTime(0)
            : () => scheduler.MonotonicClock;
    }

    private object TryLoad()
    {
        try
        {
            // A node that lacks the optimizer of local steps takes no part.
            if (_trains && _job.LocalSteps.IsOn)
                _algorithms.Create(_job.Optimizer, length: 1);
            var loaded = _loader.Load();
            if (_trains && loaded.Buffers.Length > 0)
                _guard = new BufferGuard(Engine);
            return loaded;
        }
        catch (ActorTrainException unusable)
        {
            return new EngineProtocol.CannotLoad(unusable.AsClause());
        }
        // An engine may be a user's code: any exception of it is a reason why this node cannot join the job.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _log.EngineNotLoaded(_job.Name, failure);
            return new EngineProtocol.CannotLoad(ReasonOf(failure));
        }
    }

    // Its message is a sentence.
    private static string ReasonOf(Exception failure) =>
        failure is EngineFailedException ? failure.AsClause() : failure.AsReason();
}
