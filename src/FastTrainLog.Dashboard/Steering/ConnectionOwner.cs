using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using FastTrainLog.Files;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Steering;

/// <summary>Which user of this machine is at the other end of a connection of the loopback interface.</summary>
/// <remarks>
/// Every user of a machine can connect to a port of it, but only a run's own user may steer it: its socket has mode 0600, and the page must not open it to others.
/// Linux lists the user of each end of a connection in <c>/proc/net/tcp</c> and <c>tcp6</c> (<c>proc_pid_net(5)</c>).
/// </remarks>
internal static class ConnectionOwner
{
    private const string Established = "01";
    private const string NoSocket = "0";
    private const int FewestColumns = 10;
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Returns whether the client of a connection runs as the same user as this process.</summary>
    public static bool IsOwnUser(ConnectionInfo connection)
    {
        // A request without a connection comes from this process.
        if (connection.RemoteIpAddress is not { } remote || connection.LocalIpAddress is not { } local)
        {
            return true;
        }

        return OperatingSystem.IsLinux() && Tables.Where(File.Exists).Any(table => UserOf(File.ReadLines(table), new IPEndPoint(remote, connection.RemotePort), new IPEndPoint(local, connection.LocalPort)) == FileSystem.User);
    }

    /// <summary>Returns the user of the end <paramref name="near"/> of a connection in a table; null if it is not there.</summary>
    /// <remarks>An end whose process has closed it is listed as user 0 without a socket, so only an open one counts.</remarks>
    public static uint? UserOf(IEnumerable<string> table, IPEndPoint near, IPEndPoint far)
    {
        foreach (string line in table)
        {
            string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length >= FewestColumns && columns[3] == Established && columns[9] != NoSocket && IsAt(columns[1], near) && IsAt(columns[2], far))
            {
                return uint.Parse(columns[7], CultureInfo.InvariantCulture);
            }
        }

        return null;
    }

    // An address is written as words of 32 bits in the machine's order of bytes.
    private static bool IsAt(string text, IPEndPoint end)
    {
        string[] parts = text.Split(':');
        if (parts.Length != 2 || parts[0].Length % 8 != 0 || !int.TryParse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int port) || port != end.Port)
        {
            return false;
        }

        uint[] words = [.. Enumerable.Range(0, parts[0].Length / 8).Select(word => uint.Parse(parts[0].AsSpan(word * 8, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
        return words.Length is 1 or 4 && Plain(new IPAddress(MemoryMarshal.AsBytes<uint>(words))).Equals(Plain(end.Address));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
