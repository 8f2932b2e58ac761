namespace ActorTrain.Lane;

/// <summary>What a payload's numbers are while they travel between machines. At both ends they are f32.</summary>
public enum PayloadType
{
    /// <summary>IEEE single precision, 4 bytes: nothing is lost.</summary>
    F32,

    /// <summary>
    /// bfloat16, 2 bytes: the range of single precision with 8 significant bits, rounded to nearest, ties to even.
    /// </summary>
    BF16,

    /// <summary>
    /// IEEE half precision, 2 bytes: 11 significant bits; beyond ±65,504 is infinite, rounded to nearest, ties to even.
    /// </summary>
    F16,
}
