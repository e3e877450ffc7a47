namespace FastTrainLog.Control;

/// <summary>What takes commands. Its members are called from any thread, one call at a time for each client.</summary>
internal interface IControllable
{
    /// <summary>Executes a command.</summary>
    ControlReply Obey(ControlCommand command, ControlPeer peer);

    /// <summary>Notes something sent that is no command, and returns the answer.</summary>
    ControlReply Refuse(string reason, ControlPeer peer);
}
