using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace ActorTrain.Supervision;

/// <summary>
/// The mailbox of the coordinator's singleton manager: takes messages of its own cluster's members alone. When a seed
/// is started again and begins another cluster, the members of the one before ask its address to hand the coordinator
/// over, and Akka's manager would do so: the new cluster had none.
/// </summary>
internal sealed class MembersOnlyMailbox(Akka.Actor.Settings settings, Config config)
    : MailboxType(settings, config),
        IProducesMessageQueue<MembersOnlyMailbox.Queue>
{
    /// <summary>Its key in reference.conf.</summary>
    public const string Name = "actortrain.coordinator-mailbox";

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) =>
        new Queue(Akka.Cluster.Cluster.Get(system));

    internal sealed class Queue(Akka.Cluster.Cluster cluster) : IMessageQueue, IUnboundedMessageQueueSemantics
    {
        private readonly UnboundedMessageQueue _messages = new();

        public bool HasMessages => _messages.HasMessages;

        public int Count => _messages.Count;

        public void Enqueue(IActorRef receiver, Envelope envelope)
        {
            var sender = envelope.Sender.Path.Address;
            if (sender.HasLocalScope || cluster.State.Members.Any(member => member.Address == sender))
                _messages.Enqueue(receiver, envelope);
        }

        public bool TryDequeue(out Envelope envelope) => _messages.TryDequeue(out envelope);

        public void CleanUp(IActorRef owner, IMessageQueue deadletters) => _messages.CleanUp(owner, deadletters);
    }
}
