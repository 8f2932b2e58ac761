using ActorTrain.Job;

namespace ActorTrain.Engines;

/// <summary>Creates the engines of a worker node: one for training, one for evaluation.</summary>
public interface IEngineFactory
{
    /// <summary>Creates an engine for a job. Called on the thread that will use the engine.</summary>
    /// <param name="job">The job; the engine reads its model and data sections.</param>
    /// <exception cref="ActorTrainException">The model, the data set or the device cannot be used here.</exception>
    IGradientEngine Create(JobOptions job);

    /// <summary>
    /// The data set that an engine for a job would use here: the client names its fingerprint in the job, so that no
    /// worker with other data takes part. Null where it is not known.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <exception cref="ActorTrainException">The data set is not here, or cannot be read.</exception>
    DatasetDescription? FindData(JobOptions job) => null;

    /// <summary>A node that trains with these engines has started; it may have no job for a long time. Ends with
    /// <see cref="NodeStopped"/>.</summary>
    void NodeStarted() { }

    /// <summary>The node has stopped.</summary>
    void NodeStopped() { }
}
