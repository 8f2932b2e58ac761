namespace ActorTrain.Torch;

/// <summary>What a node gives its engines.</summary>
/// <param name="Device"><c>auto</c> (a GPU where there is one), <c>cpu</c>, <c>cuda</c> or <c>cuda:i</c>.</param>
/// <param name="Threads">CPU threads each engine uses; 0 is what other workers leave of the cores, and no more than
/// make the engine faster.</param>
/// <param name="DataFolder">A folder with the data set's files; null looks in the usual places. A folder that is named
/// must have them.</param>
public sealed record TorchOptions(string Device = "auto", int Threads = 0, string? DataFolder = null);
