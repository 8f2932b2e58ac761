using System.Diagnostics;
using System.Diagnostics.Metrics;
using ActorTrain.Telemetry;

namespace ActorTrain.Benchmarks.Simulated;

/// <summary>
/// When the shard of this process has applied each push, and how stale it was: heard of its own metric, so that a real
/// run is measured as it is.
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
        // On the shard's thread, while another looks.
        _listener.SetMeasurementEventCallback<long>(
            (_, staleness, _, _) =>
            {
                lock (_pushes)
                    _pushes.Add((Stopwatch.GetElapsedTime(Began).TotalSeconds, staleness));
            }
        );
        _listener.Start();
    }

    /// <summary>Those of the steady part, in order.</summary>
    public IReadOnlyList<(double Seconds, long Staleness)> Steady
    {
        get
        {
            lock (_pushes)
                return [.. _pushes.Take((int)(Look.From * _pushes.Count)..(int)(Look.To * _pushes.Count))];
        }
    }

    public void Dispose() => _listener.Dispose();
}
