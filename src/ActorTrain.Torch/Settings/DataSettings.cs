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
    public static DataSettings From(DataOptions options)
    {
        if (options.Name != FashionMnist.Name)
            throw KnownNames.Unknown("data set", options.Name, [FashionMnist.Name]);
        var settings = new SettingReader("actortrain.job.data", options.Settings);
        return new DataSettings(
            settings.Choice(
                "source",
                ("auto", DataSource.Auto),
                ("full", DataSource.Full),
                ("built-in", DataSource.BuiltIn)
            ),
            ReadAugmentation(settings, FashionMnist.Shape)
        );
    }

    /// <summary>Reads how the training images of a user's data set are varied.</summary>
    /// <exception cref="ActorTrainException">A setting is wrong, or the samples are not images.</exception>
    public static Augmentation ReadAugmentation(DataOptions options, IDataset dataset)
    {
        var settings = new SettingReader("actortrain.job.data", options.Settings);
        if (dataset is ImageDataset images)
            return ReadAugmentation(settings, images.Train.Shape);
        return ReadAugmentation(settings, new ImageShape(1, 2, 2)) == Augmentation.None
            ? Augmentation.None
            : throw new ActorTrainException(
                $"actortrain.job.data.augmentation is for images, and data set {dataset.Description.Name} has none; "
                    + "turn it off."
            );
    }

    private static Augmentation ReadAugmentation(SettingReader settings, ImageShape shape) =>
        new(
            settings.Switch("augmentation.flip"),
            settings.WholeNumber("augmentation.crop-padding", 0, Math.Min(shape.Width, shape.Height) / 2)
        );
}
