using System.Text;
using ActorTrain.Files;

namespace ActorTrain.CommandLine.Running;

/// <summary>
/// A standard stream that may be a file on a full disk, or a pipe whose reader is gone: what cannot be written is
/// dropped and the reason kept, since a job must not fail because its output cannot be shown.
/// </summary>
internal sealed class LossyWriter(TextWriter inner) : TextWriter
{
    /// <summary>Why something could not be written; null if everything was.</summary>
    public string? Failure { get; private set; }

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    // The base class would start a pool task for each.
    public override Task WriteAsync(string? value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception denied) when (WholeFile.IsDenial(denied))
        {
            Failure ??= WholeFile.ReasonOf(denied);
        }
    }
}
