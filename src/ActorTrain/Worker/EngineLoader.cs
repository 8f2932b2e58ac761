using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Protocol;

namespace ActorTrain.Worker;

/// <summary>Creates an engine, checks it, and measures it on the job's own model.</summary>
/// <param name="factory">Creates the engine.</param>
/// <param name="job">The job.</param>
/// <param name="measure">Memory for the gradients of the measurement; null for an engine that is not measured.</param>
/// <param name="clock">The time.</param>
internal sealed class EngineLoader(IEngineFactory factory, JobOptions job, TensorPool? measure, Func<TimeSpan> clock)
{
    /// <summary>The engine, from its creation; the caller disposes it.</summary>
    public IGradientEngine? Engine { get; private set; }

    /// <summary>Loads the engine, with the job's initial parameters.</summary>
    /// <exception cref="ActorTrainException">The engine cannot be used; the message says why.</exception>
    public EngineProtocol.Loaded Load()
    {
        var engine =
            factory.Create(job)
            ?? throw new ActorTrainException($"{factory.GetType().Name} returned no engine for job {job.Name}");
        Engine = engine;
        if (EngineContract.FirstViolation(engine) is { } violation)
            throw new ActorTrainException(violation);
        var (parameters, state) = (engine.Parameters, engine.Buffers);
        var measured = measure is null
            ? new Measurement(0, job.BatchSize)
            : SelfMeasurement.Measure(engine, job.BatchSize, job.SmallestMicroBatch, measure, clock);
        engine.Initialize(job.Seed);
        if (EngineContract.FirstMove(engine, parameters, state) is { } move)
            throw new ActorTrainException(move);
        return new(engine.Model, engine.Dataset, engine.Device, engine.Parameters, engine.Buffers, measured);
    }
}
