namespace ActorTrain.Torch.Data;

/// <summary>Where the files of a data set come from: a folder, or the assembly itself.</summary>
internal interface IFileSource
{
    /// <summary>The place, for an error or a log.</summary>
    string Name { get; }

    /// <summary>Opens a file, plain or with the ending .gz.</summary>
    /// <exception cref="ActorTrainException">It is not there or cannot be read.</exception>
    FoundFile Open(string file);
}

/// <summary>An opened file.</summary>
/// <param name="Content">Its bytes; the caller closes it.</param>
/// <param name="Name">Its full name, for errors.</param>
/// <param name="Compressed">Whether it is compressed with gzip.</param>
internal sealed record FoundFile(Stream Content, string Name, bool Compressed);
