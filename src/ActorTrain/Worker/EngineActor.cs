using System.Diagnostics;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Sentences;
using ActorTrain.Server;
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
    private readonly IEngineFactory _factory;
    private readonly TensorPool? _measure;
    private readonly CancellationToken _stopping;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IGradientEngine? _engine;
    private InnerOptimizer? _inner;
    private LocalRun? _run;
    private StateGuard? _guard;

    /// <summary>Parent → engine: build it. Answered by <see cref="Loaded"/> or <see cref="CannotLoad"/>.</summary>
    public sealed record Load;

    /// <summary>Engine → parent.</summary>
    public sealed record Loaded(
        ModelDescription Model,
        DatasetDescription Dataset,
        DeviceDescription Device,
        Memory<float> Parameters,
        Memory<float> State,
        Measurement Measured
    );

    /// <summary>Engine → parent: there is no engine, for this reason.</summary>
    public sealed record CannotLoad(string Reason);

    /// <summary>Parameters that the engine is to read before it computes.</summary>
    /// <param name="Offset">Place of the first in the flat vector.</param>
    /// <param name="Values">The parameters; released by the engine.</param>
    public readonly record struct Fresh(int Offset, TensorSlice Values);

    /// <summary>
    /// Parent → engine: a new life begins, in which nothing is known of local steps before. Not answered.
    /// </summary>
    public sealed record Begin;

    /// <summary>How a part is computed in local steps.</summary>
    /// <param name="Part">The part.</param>
    /// <param name="Steps">What of it each step is for, in order.</param>
    public readonly record struct LocalPart(LeasePart Part, IReadOnlyList<LeasePart> Steps);

    /// <summary>
    /// Parent → engine: a gradient for these samples, or what local steps on them come to. Answered by
    /// <see cref="Computed"/> or <see cref="OutOfMemory"/>.
    /// </summary>
    /// <param name="Fresh">Parameters that are newer than those that it has.</param>
    /// <param name="Samples">Indices into the training set.</param>
    /// <param name="Seed">Seeds whatever is random in the step.</param>
    /// <param name="Gradient">Where it is to be written.</param>
    /// <param name="Local">How local steps are taken; null where it is one gradient.</param>
    /// <param name="Abandoned">Asked for when nobody wants it any more: it is answered in any case.</param>
    public sealed record Compute(
        IReadOnlyList<Fresh> Fresh,
        ReadOnlyMemory<int> Samples,
        long Seed,
        Memory<float> Gradient,
        LocalPart? Local = null,
        CancellationToken Abandoned = default
    );

    /// <summary>
    /// Parent → engine: no more local steps; what is done by now is to be pushed. Answered by <see cref="Computed"/>
    /// where there are any.
    /// </summary>
    public sealed record Curtail;

    private sealed record NextStep(LocalRun Run);

    /// <summary>
    /// Engine → parent: what is to be pushed lies in its place: a gradient, clipped, or what local steps came to.
    /// </summary>
    /// <param name="Result">What was seen.</param>
    /// <param name="Samples">Samples that it is for, from the first on: fewer than asked for where it was
    /// curtailed.</param>
    /// <param name="NotFinite">Why it must not be pushed, in one sentence that names the samples; null where all is
    /// well.</param>
    public sealed record Computed(StepResult Result, int Samples, string? NotFinite = null);

    /// <summary>
    /// Engine → parent: the device has too little memory for so many samples. The engine can go on with fewer; of local
    /// steps none is left.
    /// </summary>
    public sealed record OutOfMemory(string Reason, int Samples);

    /// <summary>Parent → engine: leave off what was asked for before. Answered by <see cref="AtRest"/>.</summary>
    public sealed record Rest;

    /// <summary>Engine → parent: nothing is under way, the buffers may be written.</summary>
    public sealed record AtRest;

    /// <summary>Parent → engine: how good are these parameters? Answered by <see cref="Evaluated"/>.</summary>
    /// <param name="Epoch">The epoch just completed.</param>
    /// <param name="Parameters">The parameters.</param>
    /// <param name="State">The model's state; null while no worker has reported any.</param>
    public sealed record Evaluate(int Epoch, float[] Parameters, float[]? State);

    /// <summary>Engine → parent.</summary>
    public sealed record Evaluated(int Epoch, Evaluation Evaluation);

    /// <summary>Parent's supervision → parent: the engine threw, and is no more.</summary>
    /// <param name="Reason">Why, in one line.</param>
    /// <param name="MayPass">Whether a new engine may do better.</param>
    public sealed record Failed(string Reason, bool MayPass);

    /// <summary>
    /// The strategy of whoever hosts an engine: one that threw has buffers in an unknown state. It is stopped, not
    /// restarted, and its parent hears why.
    /// </summary>
    public static SupervisorStrategy StopAndTell(IActorRef parent) =>
        new OneForOneStrategy(failure =>
        {
            parent.Tell(new Failed(ReasonOf(failure), MayPass: failure is not ActorTrainException));
            return Directive.Stop;
        });

    /// <param name="factory">Makes the engine.</param>
    /// <param name="job">The job.</param>
    /// <param name="dispatcher">Whose thread it computes on.</param>
    /// <param name="measure">Where a gradient can be written to measure the engine; null for an engine that is not
    /// measured.</param>
    /// <param name="stopping">Ends an evaluation.</param>
    public static Props Props(
        IEngineFactory factory,
        JobOptions job,
        string dispatcher,
        TensorPool? measure,
        CancellationToken stopping
    ) => Akka.Actor.Props.Create(() => new EngineActor(factory, job, measure, stopping)).WithDispatcher(dispatcher);

    public EngineActor(IEngineFactory factory, JobOptions job, TensorPool? measure, CancellationToken stopping)
    {
        (_factory, _job, _measure, _stopping) = (factory, job, measure, stopping);
        Receive<Load>(_ => Sender.Tell(TryLoad()));
        Receive<Compute>(compute =>
        {
            foreach (var (offset, values) in compute.Fresh)
            {
                values.Values.CopyTo(_engine!.Parameters[offset..]);
                values.Release();
            }
            if (compute.Local is not { } local)
            {
                Sender.Tell(TryCompute(compute));
                return;
            }
            _inner ??= new InnerOptimizer(_job, _engine!.Parameters.Length, _engine.Dataset.TrainSamples);
            _run = new LocalRun(_engine!, _inner, local, compute.Samples, compute.Gradient, _guard);
            GoOn(_run);
        });
        Receive<NextStep>(next =>
        {
            if (ReferenceEquals(next.Run, _run))
                GoOn(next.Run);
        });
        Receive<Curtail>(_ => _run?.Curtail());
        Receive<Begin>(_ => _inner = null);
        Receive<Rest>(_ =>
        {
            _run = null;
            Sender.Tell(new AtRest());
        });
        Receive<Evaluate>(snapshot =>
        {
            snapshot.Parameters.CopyTo(_engine!.Parameters);
            snapshot.State?.CopyTo(_engine.State);
            Sender.Tell(new Evaluated(snapshot.Epoch, _engine.Evaluate(_stopping)));
        });
    }

    protected override void PostStop() => _engine?.Dispose();

    private object TryCompute(Compute compute)
    {
        try
        {
            _guard?.Remember();
            var result = _engine!.ComputeGradient(
                compute.Samples.Span,
                compute.Seed,
                compute.Gradient.Span,
                compute.Abandoned
            );
            CheckUntouched(result);
            if (_guard?.Restore() is { } buffer)
                return new Computed(result, compute.Samples.Length, StateGuard.Sentence(buffer, compute.Samples.Span));
            GradientClipping.Clip(compute.Gradient.Span, _job.ClipNorm);
            return new Computed(result, compute.Samples.Length);
        }
        catch (OperationCanceledException) when (compute.Abandoned.IsCancellationRequested)
        {
            _guard?.Undo();
            return new Computed(default, compute.Samples.Length);
        }
        catch (OutOfMemoryException shortage)
        {
            _guard?.Undo();
            return new OutOfMemory(shortage.Message, compute.Samples.Length);
        }
    }

    // Step by step, so that who leaves or begins a new life is heard in between.
    private void GoOn(LocalRun run)
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
            Sender.Tell(new OutOfMemory(shortage.Message, run.NextSamples));
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
        Sender.Tell(new Computed(result, samples, run.NotFinite));
    }

    private void CheckUntouched(StepResult result)
    {
        if (result.Untouched is { Count: > ShardProtocol.MostUntouched and var untouched })
            throw new ActorTrainException(
                $"model {_engine!.Model.Name}: {Plural.Of(untouched, "stretch", "stretches")} of its parameters have "
                    + $"no gradient; a push can tell of {Plural.Number(ShardProtocol.MostUntouched)}"
            );
    }

    // Akka's own clock counts in milliseconds, on Windows in 16 of them: a hundred steps of a small model are fewer.
    // One of another scheduler may be virtual, and is what the job goes by.
    private static Func<TimeSpan> Clock
    {
        get
        {
            var scheduler = Context.System.Scheduler;
            return scheduler is HashedWheelTimerScheduler
                ? () => Stopwatch.GetElapsedTime(0)
                : () => scheduler.MonotonicClock;
        }
    }

    private object TryLoad()
    {
        try
        {
            _engine =
                _factory.Create(_job)
                ?? throw new ActorTrainException($"{_factory.GetType().Name} made no engine for job {_job.Name}");
            if (EngineContract.FirstViolation(_engine) is { } violation)
                throw new ActorTrainException(violation);
            var (parameters, state) = (_engine.Parameters, _engine.State);
            var measured = _measure is null
                ? new Measurement(0, _job.Batch)
                : SelfMeasurement.Of(_engine, _job.Batch, _job.LeastMicroBatch, _measure, Clock);
            _engine.Initialize(_job.Seed);
            if (_measure is not null && state.Length > 0)
                _guard = new StateGuard(_engine);
            if (EngineContract.FirstMove(_engine, parameters, state) is { } move)
                throw new ActorTrainException(move);
            return new Loaded(
                _engine.Model,
                _engine.Dataset,
                _engine.Device,
                _engine.Parameters,
                _engine.State,
                measured
            );
        }
        catch (ActorTrainException unusable)
        {
            return new CannotLoad(unusable.AsClause());
        }
        // An engine is anybody's code: whatever it throws is the reason why this node cannot join the job.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _log.Info(failure, "The engine for job {0} failed to load", _job.Name);
            return new CannotLoad(ReasonOf(failure));
        }
    }

    // Those two are sentences already; of anything else the kind says more than its message does.
    private static string ReasonOf(Exception failure) =>
        failure is ActorTrainException or EngineFailedException ? failure.AsClause() : failure.AsNamedClause();
}
