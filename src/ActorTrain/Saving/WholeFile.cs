using ActorTrain.Sentences;

namespace ActorTrain.Saving;

/// <summary>A text file that is written under a temporary name first, so that a reader sees all of it or nothing.</summary>
internal static class WholeFile
{
    /// <summary>Writes it.</summary>
    /// <param name="path">Where.</param>
    /// <param name="text">All that it holds.</param>
    /// <param name="what">What it is, for the error, such as <c>the report</c>.</param>
    /// <param name="cancellation">Ends it; what was there before stays.</param>
    /// <exception cref="ActorTrainException">The file cannot be written.</exception>
    public static async Task WriteAsync(string path, string text, string what, CancellationToken cancellation)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            await File.WriteAllTextAsync(temporary, text, cancellation);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            throw new ActorTrainException($"{what} cannot be written to {path}: {denied.AsClause()}.", denied);
        }
        finally
        {
            if (File.Exists(temporary)) File.Delete(temporary);
        }
    }
}
