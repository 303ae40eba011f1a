/**
 * What browsers wrote for a data channel with all candidates gathered: Chromium 156 and Firefox ESR 153 on a Linux
 * machine with two networks, each as it invites and as it answers the other one.
 */
const lines = (text: string): string => text.trim().replaceAll(/\n\s*/g, '\r\n') + '\r\n';

export const CHROMIUM_OFFER = lines(`
  v=0
  o=- 747929292982154354 2 IN IP4 127.0.0.1
  s=-
  t=0 0
  a=group:BUNDLE 0
  a=extmap-allow-mixed
  a=msid-semantic: WMS
  m=application 9 UDP/DTLS/SCTP webrtc-datachannel
  c=IN IP4 0.0.0.0
  a=candidate:1559533739 1 udp 2113937151 c4387d8f-a637-48d6-8300-ada3d9a763ee.local 43669 typ host generation 0 network-cost 999
  a=candidate:2542950731 1 udp 2113942271 d0496e0e-1675-4b0e-bce1-b8130d869191.local 43473 typ host generation 0 network-cost 999
  a=ice-ufrag:jWID
  a=ice-pwd:fmifJzrHZ2WTSxGxAutZrx2S
  a=ice-options:trickle
  a=fingerprint:sha-256 95:4D:4A:D6:92:BD:7C:93:09:DE:D0:1A:5D:76:61:22:D7:72:96:50:F3:F1:BE:1A:07:9B:CD:B9:92:59:6B:B0
  a=setup:actpass
  a=mid:0
  a=sctp-port:5000
  a=max-message-size:262144
`);

export const CHROMIUM_ANSWER = lines(`
  v=0
  o=- 7603322913446811836 2 IN IP4 127.0.0.1
  s=-
  t=0 0
  a=group:BUNDLE 0
  a=msid-semantic: WMS
  m=application 9 UDP/DTLS/SCTP webrtc-datachannel
  c=IN IP4 0.0.0.0
  a=candidate:3621182727 1 udp 2113937151 8f910e88-6152-4fad-8471-eb95401a81e8.local 36869 typ host generation 0 network-cost 999
  a=candidate:3500454327 1 udp 2113942271 d74c9d0b-6cf2-4cc9-9d34-1ab2e088d0cb.local 56025 typ host generation 0 network-cost 999
  a=ice-ufrag:JIcd
  a=ice-pwd:/wvYZ41VDZB+jQofFkRPJwNQ
  a=ice-options:trickle
  a=fingerprint:sha-256 97:51:69:39:57:EA:83:33:DE:7C:D8:05:69:FB:03:56:22:CC:1A:16:13:C3:FC:08:44:34:20:35:48:C4:AE:B3
  a=setup:active
  a=mid:0
  a=sctp-port:5000
  a=max-message-size:262144
`);

export const FIREFOX_OFFER = lines(`
  v=0
  o=mozilla...THIS_IS_SDPARTA-99.0 685318405808563535 0 IN IP4 0.0.0.0
  s=-
  t=0 0
  a=sendrecv
  a=fingerprint:sha-256 D5:78:BC:71:9C:A6:AA:FB:18:23:BE:1D:F6:7A:33:F4:7E:9D:FE:10:DB:33:83:38:F9:EE:BE:DA:80:A4:05:C6
  a=group:BUNDLE 0
  a=ice-options:trickle
  a=msid-semantic:WMS *
  m=application 9 UDP/DTLS/SCTP webrtc-datachannel
  c=IN IP4 0.0.0.0
  a=candidate:0 1 UDP 2122187007 9cba42ca-50af-4978-8c3c-274200e4fb84.local 49723 typ host
  a=candidate:1 1 UDP 2122252543 d1896ee0-c8c4-4108-b7ed-df101ee27e1a.local 42845 typ host
  a=candidate:2 1 TCP 2105458943 9cba42ca-50af-4978-8c3c-274200e4fb84.local 9 typ host tcptype active
  a=candidate:3 1 TCP 2105524479 d1896ee0-c8c4-4108-b7ed-df101ee27e1a.local 9 typ host tcptype active
  a=sendrecv
  a=end-of-candidates
  a=ice-pwd:34890be9f401e8fe3d22511dc2166458
  a=ice-ufrag:b95e55dd
  a=mid:0
  a=setup:actpass
  a=sctp-port:5000
  a=max-message-size:1073741823
`);

export const FIREFOX_ANSWER = lines(`
  v=0
  o=mozilla...THIS_IS_SDPARTA-99.0 6613185872996402275 0 IN IP4 0.0.0.0
  s=-
  t=0 0
  a=sendrecv
  a=extmap-allow-mixed
  a=fingerprint:sha-256 DC:5C:4F:75:D9:28:F7:2C:FF:4E:B6:0A:88:74:82:36:63:60:65:DA:F9:78:D7:9A:EB:89:61:91:34:A9:22:33
  a=group:BUNDLE 0
  a=ice-options:trickle
  a=msid-semantic:WMS *
  m=application 9 UDP/DTLS/SCTP webrtc-datachannel
  c=IN IP4 0.0.0.0
  a=candidate:0 1 UDP 2122187007 4b8b8efd-6c80-4878-858b-df1be031e9dd.local 47288 typ host
  a=candidate:1 1 UDP 2122252543 b062269a-5d17-4fb1-bc00-469e8f40b548.local 52165 typ host
  a=candidate:2 1 TCP 2105458943 4b8b8efd-6c80-4878-858b-df1be031e9dd.local 9 typ host tcptype active
  a=candidate:3 1 TCP 2105524479 b062269a-5d17-4fb1-bc00-469e8f40b548.local 9 typ host tcptype active
  a=sendrecv
  a=end-of-candidates
  a=extmap-allow-mixed
  a=ice-pwd:aaa871a9fb6397ec98a58754070813cd
  a=ice-ufrag:afd233db
  a=mid:0
  a=setup:active
  a=sctp-port:5000
  a=max-message-size:1073741823
`);
