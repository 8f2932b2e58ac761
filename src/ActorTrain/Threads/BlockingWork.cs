using Akka.Actor;

namespace ActorTrain.Threads;

/// <summary>
/// Runs work of an actor that blocks, such as reading the disk, on threads that may be blocked; in a simulation, in its
/// virtual time.
/// </summary>
internal static class BlockingWork
{
    /// <summary>Runs the work, and tells its outcome as a message of the actor.</summary>
    /// <param name="context">The actor.</param>
    /// <param name="work">The work. Where it throws, the outcome is a <see cref="Status.Failure"/>.</param>
    /// <param name="receiver">Who is told; the actor itself by default.</param>
    public static void RunBlocking(this IActorContext context, Func<object> work, ICanTell? receiver = null)
    {
        var self = context.Self;
        context
            .System.Dispatchers.Lookup(DispatcherNames.Blocking)
            .Schedule(() => (receiver ?? self).Tell(OutcomeOf(work), self));
    }

    private static object OutcomeOf(Func<object> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure)
        {
            return new Status.Failure(failure);
        }
    }
}
