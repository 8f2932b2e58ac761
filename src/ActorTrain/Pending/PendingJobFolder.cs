using ActorTrain.Files;
using ActorTrain.Protocol;

namespace ActorTrain.Pending;

/// <summary>The jobs of one cluster that have not ended, on disk: a file for each. Several nodes of a machine may have
/// one folder. All methods block.</summary>
/// <param name="path">The folder.</param>
internal sealed class PendingJobFolder(string path)
{
    private const string Extension = ".json";

    /// <summary>Writes a job; one that is there is replaced.</summary>
    /// <exception cref="ActorTrainException">It cannot be written.</exception>
    public void Write(PendingJob job)
    {
        try
        {
            Directory.CreateDirectory(path);
            WholeFile.Write(FileOf(job.JobId), stream => stream.Write(PendingJobFile.ToJson(job)));
        }
        catch (Exception denied) when (WholeFile.IsDenial(denied))
        {
            throw new ActorTrainException(
                $"Job {job.JobId} cannot be written to {path}: {WholeFile.ReasonOf(denied)}.",
                denied
            );
        }
    }

    /// <summary>Deletes a job; none of this id may be there.</summary>
    /// <exception cref="ActorTrainException">It cannot be deleted.</exception>
    public void Delete(string jobId)
    {
        try
        {
            var file = FileOf(jobId);
            if (File.Exists(file))
                File.Delete(file);
        }
        catch (Exception denied) when (WholeFile.IsDenial(denied))
        {
            throw new ActorTrainException(
                $"Job {jobId} cannot be deleted from {path}: {WholeFile.ReasonOf(denied)}.",
                denied
            );
        }
    }

    /// <summary>Reads all jobs.</summary>
    /// <param name="failures">One sentence for each that cannot be read.</param>
    public IReadOnlyList<PendingJob> Read(out IReadOnlyList<string> failures)
    {
        var (jobs, failed) = (new List<PendingJob>(), new List<string>());
        failures = failed;
        try
        {
            foreach (var file in Directory.Exists(path) ? Directory.EnumerateFiles(path, "*" + Extension) : [])
                if (TryRead(file, failed) is { } job)
                    jobs.Add(job);
        }
        catch (Exception denied) when (WholeFile.IsDenial(denied))
        {
            failed.Add($"{path} cannot be read: {WholeFile.ReasonOf(denied)}.");
        }
        return jobs;
    }

    private static PendingJob? TryRead(string file, List<string> failures)
    {
        try
        {
            return PendingJobFile.Read(file, File.ReadAllBytes(file));
        }
        catch (ActorTrainException wrong)
        {
            failures.Add(wrong.Message);
        }
        catch (FileNotFoundException)
        {
            // Another node of this machine has deleted it meanwhile.
        }
        catch (Exception denied) when (WholeFile.IsDenial(denied))
        {
            failures.Add($"{file} cannot be read: {WholeFile.ReasonOf(denied)}.");
        }
        return null;
    }

    private string FileOf(string jobId) => Path.Combine(path, JobFileName.Of(jobId) + Extension);
}
