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
            AugmentationOf(settings, FashionMnist.Shape)
        );
    }

    /// <summary>How the training images of anybody's data set are varied.</summary>
    /// <exception cref="ActorTrainException">Something is wrong, or its samples are no images.</exception>
    public static Augmentation AugmentationOf(DataOptions options, IDataset dataset)
    {
        var settings = new SettingReader("actortrain.job.data", options.Settings);
        if (dataset is ImageDataset images)
            return AugmentationOf(settings, images.Train.Shape);
        return AugmentationOf(settings, new ImageShape(1, 2, 2)) == Augmentation.None
            ? Augmentation.None
            : throw new ActorTrainException(
                $"actortrain.job.data.augmentation is for images, and data set {dataset.Description.Name} is none of "
                    + $"them; turn it off."
            );
    }

    private static Augmentation AugmentationOf(SettingReader settings, ImageShape shape) =>
        new(
            settings.Switch("augmentation.flip"),
            settings.WholeNumber("augmentation.crop-padding", 0, Math.Min(shape.Width, shape.Height) / 2)
        );
}
