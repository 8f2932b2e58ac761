namespace ActorTrain.Staleness;

/// <summary>Why a gradient was refused.</summary>
public enum Refusal : byte
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Its worker's life has ended since: by a new one, or by the coordinator's word.</summary>
    PastLife,

    /// <summary>Some of its samples were applied before, and some were not.</summary>
    PartlyApplied,

    /// <summary>It stands for samples that the job does not have.</summary>
    UnknownSamples,

    /// <summary>It holds a number that is not finite.</summary>
    NotFinite,

    /// <summary>It is later than the job accepts.</summary>
    TooStale,

    /// <summary>The synchronous step that it was computed for is not the one that is gathered.</summary>
    StepClosed,
}
