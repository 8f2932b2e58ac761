using System.Globalization;

namespace ActorTrain.Torch.Data.Tables;

/// <summary>Where in a file a record begins.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line, counted from 1 as an editor does.</param>
internal readonly record struct Place(string File, int Line)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}, line {Line}");
}
