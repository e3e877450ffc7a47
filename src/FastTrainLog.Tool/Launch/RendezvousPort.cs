using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FastTrainLog.Tool.Launch;

/// <summary>The port at which the ranks of a run find each other.</summary>
/// <param name="Number">The port, which was free a moment ago; another process may take it before rank 0 does.</param>
/// <param name="Taken">The port that was wanted and is in use; null for none.</param>
internal readonly record struct RendezvousPort(int Number, int? Taken)
{
    /// <summary>The variable that says which port is wanted, and to each rank which it is.</summary>
    public const string Variable = "MASTER_PORT";

    // That of torchrun.
    private const int Usual = 29500;

    /// <summary>Chooses the port that the environment names, or the usual one; if that is in use, any free one.</summary>
    /// <exception cref="ToolException">The environment names none that there is, or the system has no free one.</exception>
    public static RendezvousPort Choose(string? wanted)
    {
        int port = Usual;
        if (!string.IsNullOrEmpty(wanted) && !(int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= IPEndPoint.MaxPort))
        {
            throw new ToolException($"The environment variable {Variable} is '{wanted}', but must be a port from 1 to {IPEndPoint.MaxPort}; unset it to have one chosen.");
        }

        return TryBind(port) is { } same ? new RendezvousPort(same, null)
            : TryBind(0) is { } other ? new RendezvousPort(other, port)
            : throw new ToolException("There is no free port.");
    }

    private static int? TryBind(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return null;
        }
    }
}
