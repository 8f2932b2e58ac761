namespace ActorTrain.Leases;

/// <summary>
/// Positions of every epoch of a job, such as those that are done; counts the epochs that are complete.
/// </summary>
/// <param name="epochs">Epochs in the job.</param>
/// <param name="samples">Positions of an epoch: training samples.</param>
internal sealed class EpochPositions(int epochs, int samples)
{
    private readonly PositionSet[] _positions = [.. Enumerable.Range(0, epochs).Select(_ => new PositionSet())];
    private int _complete;

    /// <summary>The positions of an epoch.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    public PositionSet this[int epoch] => _positions[epoch - 1];

    /// <summary>Epochs of which every position is in its set, counted from the first without a gap.</summary>
    public int CompleteEpochs
    {
        get
        {
            while (_complete < epochs && _positions[_complete].Count == samples)
                _complete++;
            return _complete;
        }
    }

    /// <summary>Whether every position of every epoch is in its set.</summary>
    public bool AreComplete => CompleteEpochs == epochs;
}
