using ActorTrain.Job;

namespace ActorTrain.Worker;

/// <summary>Makes the engines of a worker node: one to train with, one to evaluate with.</summary>
public interface IEngineFactory
{
    /// <summary>Makes an engine for a job. Called on the thread that will use the engine.</summary>
    /// <param name="job">The job; its model and data sections are the engine's to read.</param>
    /// <exception cref="ActorTrainException">The model, the data set or the device cannot be used here.</exception>
    IGradientEngine Create(JobOptions job);

    /// <summary>
    /// The data set as an engine for a job would find it here: whoever submits the job names it by its fingerprint, so
    /// that no worker with other data takes part. Null where that is not known.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <exception cref="ActorTrainException">The data set is not here, or cannot be read.</exception>
    DatasetDescription? FindData(JobOptions job) => null;

    /// <summary>A node is there to train with these engines, from now on until <see cref="NodeStopped"/>; it may have
    /// no job for long. Others of its machine may want to know.</summary>
    void NodeStarted() { }

    /// <summary>The node has ended.</summary>
    void NodeStopped() { }
}
