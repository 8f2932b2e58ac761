namespace ActorTrain.Coordinator;

/// <summary>
/// Something that a decision found worth telling; it becomes a <see cref="Supervision.SupervisionEvent"/>.
/// </summary>
internal readonly record struct Occurrence(string Kind, string Node, string Reason, string Remedy);
