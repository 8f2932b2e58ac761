namespace ActorTrain.Staleness;

/// <summary>What a shard did with a gradient.</summary>
public enum VerdictKind
{
    /// <summary>It was applied, times <see cref="Verdict.Scale"/>.</summary>
    Applied,

    /// <summary>Its samples had been applied before; it changed nothing.</summary>
    Duplicate,

    /// <summary>It was refused for <see cref="Verdict.Reason"/>; its samples have to be trained again.</summary>
    Refused,
}

/// <summary>What a shard decided about a push, and why.</summary>
/// <param name="Kind">What it did with the gradient.</param>
/// <param name="Scale">The factor it was applied with.</param>
/// <param name="Refusal">Why it was refused.</param>
/// <param name="Reason">Why, in one sentence; empty for a plain application.</param>
public sealed record Verdict(VerdictKind Kind, float Scale, Refusal Refusal, string Reason)
{
    /// <summary>Applied unchanged.</summary>
    public static Verdict Applied { get; } = new(VerdictKind.Applied, 1f, Refusal.None, "");

    /// <summary>Its samples were applied before; nothing changed.</summary>
    public static Verdict Duplicate { get; } =
        new(VerdictKind.Duplicate, 0f, Refusal.None, "these samples were applied before");

    /// <summary>Refused as too stale: the samples are trained again.</summary>
    /// <param name="reason">Why, as a clause.</param>
    public static Verdict Refuse(string reason) => Refuse(Refusal.TooStale, reason);

    /// <summary>Refused for a reason.</summary>
    internal static Verdict Refuse(Refusal refusal, string reason) => new(VerdictKind.Refused, 0f, refusal, reason);

    /// <summary>Applied, times a factor.</summary>
    public static Verdict Scaled(float scale) =>
        scale == 1f ? Applied : new(VerdictKind.Applied, scale, Refusal.None, "");

    internal void Write(BinaryWriter writer)
    {
        writer.Write((byte)Kind);
        writer.Write(Scale);
        writer.Write((byte)Refusal);
        writer.Write(Reason);
    }

    internal static Verdict Read(BinaryReader reader) =>
        new((VerdictKind)reader.ReadByte(), reader.ReadSingle(), (Refusal)reader.ReadByte(), reader.ReadString());
}
