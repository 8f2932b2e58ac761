namespace ActorTrain.Torch.Tests.Custom;

/// <summary>The end of an error about a part of a module that is not registered.</summary>
internal static class UnregisteredPart
{
    public const string Layer =
        "that is not registered, so that no optimizer sees its parameters; "
        + "put it into the module by a ModuleList or a ModuleDict, or register_module";

    public const string Tensor =
        "that is not registered, so that no optimizer sees it; put it into the module by register_parameter";
}
