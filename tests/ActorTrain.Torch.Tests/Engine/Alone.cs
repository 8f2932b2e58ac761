namespace ActorTrain.Torch.Tests.Engine;

/// <summary>Tests that measure the whole process, and so run without others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
