using System.Threading.Channels;

namespace ActorTrain.TestKit;

/// <summary>A channel writer that hands each item to a callback at once.</summary>
/// <param name="receive">The callback.</param>
internal sealed class CallbackWriter<T>(Action<T> receive) : ChannelWriter<T>
{
    public override bool TryWrite(T item)
    {
        receive(item);
        return true;
    }

    public override bool TryComplete(Exception? error = null) => true;

    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(true);
}
