namespace ActorTrain.Torch.Devices;

/// <summary>Kinds of device that libtorch computes on.</summary>
internal enum DeviceKind
{
    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>A GPU by NVIDIA.</summary>
    Cuda,
}
