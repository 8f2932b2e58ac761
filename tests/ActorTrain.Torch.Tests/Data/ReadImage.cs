namespace ActorTrain.Torch.Tests.Data;

/// <summary>Reads an image file as the only one of each class: its pixels, or the error.</summary>
internal static class ReadImage
{
    /// <summary>The pixels that a file is read as.</summary>
    public static byte[] Seen(byte[] file, string name = "1.png", int channels = 1)
    {
        using var folder = PetFolder.Of(file, name);
        return folder.Load(channels).Train.Image(0).ToArray();
    }

    public static byte[] Seen(byte[] file, int channels) => Seen(file, "1.png", channels);

    /// <summary>The error for a file; null where it is read.</summary>
    public static string? Outcome(byte[] file)
    {
        using var folder = PetFolder.Of(file, "1.png");
        try
        {
            folder.Load();
            return null;
        }
        catch (ActorTrainException e)
        {
            return e.Message;
        }
    }

    /// <summary>The error for a file, with its name.</summary>
    public static string Complaint(byte[] file)
    {
        using var folder = PetFolder.Of(file, "1.png");
        return folder.Refusal();
    }

    /// <summary>The error for the file, without its name.</summary>
    public static string Refusal(byte[] file)
    {
        const string before = "train/cat/1.png: it cannot be read as an image (",
            after = ").";
        var sentence = Complaint(file);
        sentence.ShouldStartWith(before);
        sentence.ShouldEndWith(after);
        return sentence[before.Length..^after.Length];
    }
}
