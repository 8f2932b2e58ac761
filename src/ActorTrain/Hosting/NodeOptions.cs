using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.Hosting;

/// <summary>
/// What a node hosts. In an existing actor system, address and cluster membership are the system's own settings; a node
/// of its own has them in <see cref="StandaloneNodeOptions"/>.
/// </summary>
public class NodeOptions
{
    private readonly ModelEngines _models = new();

    /// <summary>
    /// Any of <c>coordinator</c>, <c>server</c>, <c>worker</c>. They are not cluster roles of an existing actor system,
    /// and change none.
    /// </summary>
    public IReadOnlyList<string> Roles { get; set; } = NodeRoles.All;

    /// <summary>
    /// The cluster role whose members may hold the coordinator, the same on every node; null for the setting
    /// <c>actortrain.coordinator.cluster-role</c>.
    /// </summary>
    public string? CoordinatorRole { get; set; }

    /// <summary>
    /// Creates the engines of a node with the role <c>worker</c> for all models that were not added by
    /// <see cref="AddModel"/>; null where there are no others.
    /// </summary>
    public IEngineFactory? Engines { get; set; }

    /// <summary>The staleness policies, consistency models and optimizers that jobs may name.</summary>
    public Algorithms Algorithms { get; set; } = new();

    /// <summary>Adds a model that jobs may name.</summary>
    /// <param name="name">Its name: <c>model.name</c> of a job.</param>
    /// <param name="engines">Creates its engines.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ActorTrainException">The name is empty, or taken.</exception>
    public NodeOptions AddModel(string name, IEngineFactory engines)
    {
        _models.Add(name, engines);
        return this;
    }

    /// <summary>The cluster role whose members may hold the coordinator, with the settings of an actor
    /// system.</summary>
    internal string CoordinatorRoleIn(Config system) =>
        CoordinatorRole ?? SettingsReader.OfSystem(system).Text("actortrain.coordinator.cluster-role");

    /// <summary>All engines; null where there are none.</summary>
    internal IEngineFactory? AllEngines => _models.Count == 0 ? Engines : _models.With(Engines);
}
