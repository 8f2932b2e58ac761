namespace ActorTrain.Files;

/// <summary>The name of a job's file or folder.</summary>
internal static class JobFileName
{
    /// <summary>The job's id, which comes from another process and must not lead out of its folder.</summary>
    /// <exception cref="ActorTrainException">It is no id of a job.</exception>
    public static string Of(string jobId) =>
        jobId.Length > 0 && jobId.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')
            ? jobId
            : throw new ActorTrainException($"'{jobId}' is no id of a job.");
}
