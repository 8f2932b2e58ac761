using ActorTrain.Job;
using ActorTrain.Settings;

namespace ActorTrain.TestKit.Scripts;

/// <summary>What the nodes of a script compute with.</summary>
public enum ScriptEngine
{
    /// <summary>A quadratic loss; see <see cref="Nodes.AnalyticEngines"/>.</summary>
    Analytic,

    /// <summary>The job's own model and data set.</summary>
    Model,
}

/// <summary>
/// A simulation and its job, described by a HOCON file: sections <c>actortrain.simulation</c> and
/// <c>actortrain.job</c>. simulation.conf says what each key means.
/// </summary>
/// <param name="Simulation">The cluster and its faults. If the engine is <see cref="ScriptEngine.Model"/>, the caller
/// sets its engines.</param>
/// <param name="Job">The job.</param>
/// <param name="Engine">What the nodes compute with.</param>
public sealed record SimulationScript(Simulation Simulation, JobOptions Job, ScriptEngine Engine)
{
    /// <summary>Reads a script.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">Settings that override the file, such as command-line options.</param>
    /// <exception cref="ActorTrainException">The file cannot be read, a key does not exist, or a value is not valid;
    /// the message names the line.</exception>
    public static SimulationScript Read(string path, params IEnumerable<SettingOverride> overrides) =>
        new ScriptReader(ConfigurationFile.ReadUnchecked(path), [.. overrides]).Read();
}
