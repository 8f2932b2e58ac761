using System.Diagnostics;
using System.Diagnostics.Metrics;
using ActorTrain.Telemetry;

namespace ActorTrain.Benchmarks.Simulated;

/// <summary>
/// The time and staleness of each push that the shard of this process applied. They come from the shard's metric, so
/// that a real run is measured unchanged.
/// </summary>
internal sealed class PushTimes : IDisposable
{
    private static readonly long Began = Stopwatch.GetTimestamp();
    private readonly List<(double Seconds, long Staleness)> _pushes = [];
    private readonly MeterListener _listener = new();

    public PushTimes()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ActorTrainTelemetry.Name && instrument.Name == ActorTrainTelemetry.Staleness)
                listener.EnableMeasurementEvents(instrument);
        };
        // Called on the shard's thread.
        _listener.SetMeasurementEventCallback<long>(
            (_, staleness, _, _) =>
            {
                lock (_pushes)
                    _pushes.Add((Stopwatch.GetElapsedTime(Began).TotalSeconds, staleness));
            }
        );
        _listener.Start();
    }

    /// <summary>The pushes of the steady part, in order.</summary>
    public IReadOnlyList<(double Seconds, long Staleness)> Steady
    {
        get
        {
            lock (_pushes)
                return
                [
                    .. _pushes.Take((int)(SteadyPart.Begins * _pushes.Count)..(int)(SteadyPart.Ends * _pushes.Count)),
                ];
        }
    }

    public void Dispose() => _listener.Dispose();
}
