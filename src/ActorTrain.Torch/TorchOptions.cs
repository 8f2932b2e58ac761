namespace ActorTrain.Torch;

/// <summary>What a node gives its engines.</summary>
/// <param name="Device"><c>auto</c> (a GPU where there is one), <c>cpu</c>, <c>cuda</c> or <c>cuda:i</c>.</param>
/// <param name="Threads">CPU threads of each engine; 0 for those that other workers leave, as far as they speed up the
/// engine.</param>
/// <param name="DataFolder">A folder with the data set's files; null looks in the usual places. A folder that is named
/// must have them.</param>
public sealed record TorchOptions(string Device = "auto", int Threads = 0, string? DataFolder = null);
