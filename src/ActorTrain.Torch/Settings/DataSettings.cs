using ActorTrain.Job;
using ActorTrain.Torch.Data;

namespace ActorTrain.Torch.Settings;

/// <summary>A job's data section, read and checked.</summary>
/// <param name="Source">Which files may be used.</param>
/// <param name="Augmentation">How training images are varied.</param>
internal sealed record DataSettings(DataSource Source, Augmentation Augmentation)
{
    /// <summary>Reads the section.</summary>
    /// <exception cref="ActorTrainException">Something in it is wrong.</exception>
    public static DataSettings Of(DataOptions options)
    {
        if (options.Name != FashionMnist.Name) throw KnownNames.Unknown("data set", options.Name, [FashionMnist.Name]);
        var settings = new SettingReader("actortrain.job.data", options.Settings);
        return new DataSettings(
            settings.Choice("source", ("auto", DataSource.Auto), ("full", DataSource.Full), ("built-in", DataSource.BuiltIn)),
            new Augmentation(settings.Switch("augmentation.flip"), settings.WholeNumber("augmentation.crop-padding", 0, FashionMnist.Shape.Width / 2)));
    }
}
