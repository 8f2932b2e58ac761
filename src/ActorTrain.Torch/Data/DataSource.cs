namespace ActorTrain.Torch.Data;

/// <summary>Which files a job may train on: setting <c>actortrain.job.data.source</c>.</summary>
public enum DataSource
{
    /// <summary>The data set's own files where they are found, the built-in subset otherwise.</summary>
    Auto,

    /// <summary>The data set's own files; an error where there are none.</summary>
    Full,

    /// <summary>The subset that comes with ActorTrain.</summary>
    BuiltIn,
}
