namespace ActorTrain.Parameters;

/// <summary>The dtype of a payload between machines. On both machines it is f32.</summary>
public enum TransferDType
{
    /// <summary>IEEE single precision, 4 bytes: exact.</summary>
    F32,

    /// <summary>
    /// bfloat16, 2 bytes: the range of single precision with 8 significant bits, rounded to nearest, ties to even.
    /// </summary>
    BF16,

    /// <summary>
    /// IEEE half precision, 2 bytes: 11 significant bits; values beyond ±65,504 become infinite, rounded to nearest,
    /// ties to even.
    /// </summary>
    F16,
}
