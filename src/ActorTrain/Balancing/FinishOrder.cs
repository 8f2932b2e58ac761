namespace ActorTrain.Balancing;

/// <summary>Who would be done when, the first at the top: for n workers, each that changes costs log n.</summary>
internal sealed class FinishOrder
{
    private readonly double[] _at;
    private readonly PriorityQueue<(int Worker, double At), double> _order;

    /// <param name="at">When each worker would be done, by its number.</param>
    public FinishOrder(IEnumerable<double> at)
    {
        _at = [.. at];
        _order = new PriorityQueue<(int, double), double>(_at.Select((at, worker) => ((worker, at), at)));
    }

    /// <summary>A worker would be done at another time.</summary>
    public void Set(int worker, double at)
    {
        if (_at[worker] == at)
            return;
        _at[worker] = at;
        _order.Enqueue((worker, at), at);
    }

    /// <summary>When the first of all others would be done; never, where there is none.</summary>
    public double FirstBut(int worker)
    {
        if (First() is not { } first)
            return double.PositiveInfinity;
        if (first.Worker != worker)
            return first.At;
        while (First()?.Worker == worker)
            _order.Dequeue();
        var second = First()?.At ?? double.PositiveInfinity;
        _order.Enqueue(first, first.At);
        return second;
    }

    // What a worker had before it changed lies in the queue until it comes to the top.
    private (int Worker, double At)? First()
    {
        while (_order.TryPeek(out var first, out _))
        {
            if (_at[first.Worker] == first.At)
                return first;
            _order.Dequeue();
        }
        return null;
    }
}
