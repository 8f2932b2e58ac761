namespace ActorTrain.Staleness;

/// <summary>Why a gradient was refused.</summary>
public enum Refusal : byte
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>Its worker's incarnation has ended: a newer one has pushed, or the coordinator has fenced it.</summary>
    PastIncarnation,

    /// <summary>Some of its samples were applied before, and some were not.</summary>
    PartlyApplied,

    /// <summary>It stands for samples that the job does not have.</summary>
    UnknownSamples,

    /// <summary>It has an element that is not finite.</summary>
    NotFinite,

    /// <summary>It is staler than the job accepts.</summary>
    TooStale,

    /// <summary>The synchronous step that it was computed for is not open.</summary>
    StepClosed,
}
