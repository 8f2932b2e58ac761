namespace ActorTrain.Balancing;

/// <summary>When each of n workers finishes; a change of one costs log n.</summary>
internal sealed class FinishOrder
{
    private readonly double[] _finish;
    private readonly PriorityQueue<(int Worker, double At), double> _order;

    /// <param name="finish">When each worker finishes, by its index.</param>
    public FinishOrder(IEnumerable<double> finish)
    {
        _finish = [.. finish];
        _order = new PriorityQueue<(int, double), double>(_finish.Select((at, worker) => ((worker, at), at)));
    }

    /// <summary>A worker finishes at another time.</summary>
    public void Set(int worker, double at)
    {
        if (_finish[worker] == at)
            return;
        _finish[worker] = at;
        _order.Enqueue((worker, at), at);
    }

    /// <summary>When the first of all other workers finishes; infinity where there is none.</summary>
    public double FirstExcept(int worker)
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

    // A worker's earlier times stay in the queue until they come to the top.
    private (int Worker, double At)? First()
    {
        while (_order.TryPeek(out var first, out _))
        {
            if (_finish[first.Worker] == first.At)
                return first;
            _order.Dequeue();
        }
        return null;
    }
}
