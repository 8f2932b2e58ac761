using ActorTrain.Job;

namespace ActorTrain.Coordinator;

/// <summary>An event before its time is known; it becomes a <see cref="SupervisionEvent"/>.</summary>
internal readonly record struct EventDraft(string Kind, string Node, string Reason, string Action);
