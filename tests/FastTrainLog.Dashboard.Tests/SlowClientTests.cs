using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>Clients that open the stream of changes and do not read it.</summary>
public sealed class SlowClientTests
{
    private const int Clients = 1000;
    private const int StepsOfRound = 2000;
    private const long Mebibyte = 1024 * 1024;

    // The room that the server gives each for what it has not taken, and as much again; what was logged in the meantime is many times more.
    private const long MostOfAll = 350 * Mebibyte;

    [Fact]
    public async Task A_thousand_of_them_cost_bounded_memory_and_another_one_is_served()
    {
        using var root = new TestDirectory();
        using TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net" });
        log.Steps(1, 10, step => 1.0 / step);
        using DashboardProcess server = await DashboardProcess.Start(0, root.Path);
        using var client = new HttpClient { BaseAddress = server.Address };
        string key = await OnlyRun(client);
        int last = 10;
        async Task Round()
        {
            log.Steps(last + 1, last += StepsOfRound, step => Math.Sin(step));
            await Until(client, $"api/series?run={key}&series=train/loss&pixels=1", answer => answer.GetProperty("series")[0].GetProperty("last").GetInt64() == last);
        }

        long before = server.ResidentBytes;
        var slow = new List<Socket>();
        try
        {
            byte[] request = Encoding.ASCII.GetBytes($"GET /api/stream?run={key}&series=train/loss&cursor=none.0~0.0 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            for (int i = 0; i < Clients; i++)
            {
                // As little room as the system gives, so that the rest is the server's to keep.
                slow.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1024 });
                await slow[i].ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Address.Port), TestContext.Current.CancellationToken);
                await slow[i].SendAsync(request, TestContext.Current.CancellationToken);
            }

            byte[] status = new byte["HTTP/1.1 200".Length];
            foreach (Socket socket in slow)
            {
                await socket.ReceiveAsync(status, TestContext.Current.CancellationToken);
                Assert.Equal("HTTP/1.1 200", Encoding.ASCII.GetString(status));
            }

            long most = 0;
            for (int round = 0; round < 4; round++)
            {
                await Round();
                most = Math.Max(most, server.ResidentBytes - before);
            }

            Assert.True(most < MostOfAll, $"{Clients} clients that do not read cost {most / Mebibyte} MiB.");
        }
        finally
        {
            slow.ForEach(socket => socket.Dispose());
        }

        // Their streams end with their connections: others take their place.
        await Until(client, "api/runs", answer => answer.GetProperty("runs")[0].GetProperty("last_step").GetInt64() == last);
    }

    private static async Task<string> OnlyRun(HttpClient client)
    {
        JsonElement list = await Until(client, "api/runs", answer => answer.GetProperty("runs").GetArrayLength() == 1);
        return Uri.EscapeDataString(list.GetProperty("runs")[0].GetProperty("key").GetString()!);
    }

    private static async Task<JsonElement> Until(HttpClient client, string request, Predicate<JsonElement> isSo)
    {
        while (true)
        {
            using HttpResponseMessage response = await client.GetAsync(request, TestContext.Current.CancellationToken);
            if (response.IsSuccessStatusCode && JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)) is var answer && isSo(answer))
            {
                return answer;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
